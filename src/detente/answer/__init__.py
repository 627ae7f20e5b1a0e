"""The answer of a run: what happened, why, what if, which claims hold."""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__,
    {
        "Answer": "answer",
        "answer_of": "answer",
        "on_screen": "terminal",
        "pair": "pairs.any_pair",
        "Pair": "pairs.found_pair",
        "Speaker": "speaker",
        "SmallTable": "small_table",
    },
)
