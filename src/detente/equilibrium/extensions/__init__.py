"""Models beyond goods trade with fixed factors: capital, migration, bargaining; a published recipe."""
