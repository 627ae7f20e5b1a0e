"""People: how many next, the alarm, a count that is missing, and what if the origin recovers; each with its score."""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__,
    {
        "MoveForecast": "moves",
        "Nowcast": "missing_cells",
        "PeopleBetween": "between",
        "PeopleForecast": "people_forecast",
        "PeopleCount": "between",
        "OriginRecovery": "recovery",
        "StockForecast": "displaced",
        "SurgeOdds": "alarm",
        "forecast_displaced": "displaced",
        "forecast_moves": "moves",
        "nowcast": "missing_cells",
        "origin_recovers": "recovery",
        "people_between": "between",
        "people_cards": "score_cards",
        "surge": "alarm",
    },
)
