"""What a pair's trade may be in the next years, as ranges with the score of such ranges beside them."""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__,
    {
        "Ahead": "trade_forecast",
        "TradeForecast": "trade_forecast",
        "LEVELS": "trade_forecast",
        "forecast": "forecasting",
        "learn_growth": "growth",
        "reopenings": "growth",
    },
)
