"""The scenario desk: settings, levers, the solver kept warm, charts."""
