"""What an edition is made from: runs, pairs and looks, what changed in them, and what is dated ahead."""

from detente.edition.material.changes import Changed
from detente.edition.material.gathering import gather
from detente.edition.material.subjects import DatedAhead, PairSubject, Subject, SubjectLike, ahead

__all__ = ["Changed", "DatedAhead", "PairSubject", "Subject", "SubjectLike", "ahead", "gather"]
