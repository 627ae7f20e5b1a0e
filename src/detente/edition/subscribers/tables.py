"""The tables of ``desk.db`` beside the outbox; nothing in them says more of a person than the edition needs."""

from __future__ import annotations

from detente.delivery import SchemaPart

DESK = SchemaPart(
    "desk",
    (
        (
            """CREATE TABLE subscriber (
                id INTEGER PRIMARY KEY,
                email TEXT NOT NULL,
                email_key TEXT NOT NULL UNIQUE,
                language TEXT NOT NULL,
                zone TEXT NOT NULL,
                hour INTEGER NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'paused', 'left', 'bounced')),
                confirm_hash TEXT UNIQUE,
                leave_token TEXT NOT NULL UNIQUE,
                wish_token TEXT NOT NULL UNIQUE,
                listen_token TEXT NOT NULL UNIQUE,
                asked REAL NOT NULL,
                confirmed REAL,
                consent TEXT NOT NULL,
                trial_until REAL NOT NULL DEFAULT 0,
                paid_until REAL NOT NULL DEFAULT 0
            )""",
            """CREATE TABLE edition (
                day TEXT PRIMARY KEY,
                folder TEXT NOT NULL,
                sha256 TEXT NOT NULL,
                queued REAL NOT NULL
            )""",
            "CREATE TABLE suppression (email_hash TEXT PRIMARY KEY, why TEXT NOT NULL, at REAL NOT NULL)",
            """CREATE TABLE bounce (
                id INTEGER PRIMARY KEY,
                subscriber INTEGER NOT NULL REFERENCES subscriber ON DELETE CASCADE,
                status TEXT NOT NULL,
                at REAL NOT NULL
            )""",
            "CREATE TABLE payment_event (id TEXT PRIMARY KEY, type TEXT NOT NULL, at REAL NOT NULL)",
            """CREATE TABLE payment (
                customer TEXT PRIMARY KEY,
                subscriber INTEGER REFERENCES subscriber ON DELETE SET NULL,
                paid_until REAL NOT NULL DEFAULT 0,
                seen REAL NOT NULL DEFAULT 0
            )""",
            # what the server was asked, in the order it was asked; gone once dealt with
            """CREATE TABLE request (
                id INTEGER PRIMARY KEY,
                email TEXT NOT NULL,
                language TEXT NOT NULL,
                zone TEXT NOT NULL,
                hour INTEGER NOT NULL,
                good INTEGER NOT NULL,
                at REAL NOT NULL
            )""",
            "CREATE TABLE attempt (bucket TEXT NOT NULL, at REAL NOT NULL)",
            "CREATE INDEX attempt_bucket ON attempt (bucket, at)",
            "CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL)",
        ),
    ),
)
