"""What changed and by how much: directions, lists that share one, and multiples in words."""
