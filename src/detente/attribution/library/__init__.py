"""The library of ruptures and reopenings: dated cases, computed paths, predictions and their scores."""
