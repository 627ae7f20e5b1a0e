"""Work beside the server's own process, and what keeps that process small."""
