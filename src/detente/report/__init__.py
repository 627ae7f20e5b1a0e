"""The report of a run: one self-contained HTML file (:func:`write_report`, :func:`render_report`)."""

from detente.report.page import render_report, write_report

__all__ = ["render_report", "write_report"]
