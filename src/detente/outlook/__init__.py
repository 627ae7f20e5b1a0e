"""What next: odds of a break and of a return, each with its score card; a method enters only where it beats the naive one."""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__,
    {
        "hazard": "odds_of_pair",
        "Odds": "odds",
        "LineBound": "capacity",
        "LineTerms": "capacity",
        "line_bounds": "capacity",
        "forecast": "trade",
        "TradeForecast": "trade",
        "ScoreCard": "score_card",
        "score_cards": "score_card",
    },
)
