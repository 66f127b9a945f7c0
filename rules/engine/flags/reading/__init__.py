"""Where a file asks for flags, and what its expressions say about them."""
