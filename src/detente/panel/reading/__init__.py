"""From rows to a panel: a table with named columns, money, sides, codes and periods, and the reader over them."""
