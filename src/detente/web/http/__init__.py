"""Serving: what may come in, replies, jobs, the workspace at hand."""
