"""What was there before: what does as it did while every flag is off, and what is only said anew."""
