"""Economies as groups and flows as parts: blocs and regions merged into one economy, a flow by section."""
