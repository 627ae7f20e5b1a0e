"""A user's own counts of incidents: how many next, with their score, and what goes with a break of relations."""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__,
    {
        "AroundBreaks": "association",
        "IncidentCounts": "counts",
        "IncidentForecast": "incident_forecast",
        "around_breaks": "association",
        "forecast_incidents": "incident_forecast",
        "read_incidents": "counts",
    },
)
