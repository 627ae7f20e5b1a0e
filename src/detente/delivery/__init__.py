"""What reaches a reader: addresses, mail, servers, the outbox, webhooks, feeds and calendars.

Nothing here knows a study, a run or an answer: it takes finished texts and brings them out, once each.
"""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__,
    {
        "Address": "address",
        "Mail": "message",
        "short_subject": "message",
        "new_message_id": "message",
        "MailServer": "smtp",
        "MailConnection": "smtp",
        "DeliveryOutcome": "replies",
        "Reply": "replies",
        "SchemaPart": "database",
        "open_database": "database",
        "transaction": "database",
        "OUTBOX": "outbox",
        "Outbox": "outbox",
        "OutboxRow": "outbox",
        "deliver": "sending",
        "SendLimits": "sending",
        "Delivered": "sending",
        "Webhook": "webhook",
        "FeedEntry": "feed",
        "Enclosure": "feed",
        "Feed": "feed",
        "atom": "feed",
        "podcast": "feed",
        "tag_uri": "feed",
        "DatedEvent": "calendar",
        "ics": "calendar",
    },
)
