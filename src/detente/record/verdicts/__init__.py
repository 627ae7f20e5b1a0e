"""How claims are judged: evidence, one rule a kind of test, conflicts, scoreboards."""
