"""Dated deeds of any kind: the wider net for events, told by classes of verbs and nouns."""
