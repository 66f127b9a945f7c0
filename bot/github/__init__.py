"""All HTTP to GitHub; its JSON stops here."""
