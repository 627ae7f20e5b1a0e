"""Watch lists as people write them: dyads, rules, and whom to tell."""
