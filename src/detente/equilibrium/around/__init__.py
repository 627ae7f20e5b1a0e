"""Around a solution: ensembles over what is uncertain, sensitivities, decompositions."""
