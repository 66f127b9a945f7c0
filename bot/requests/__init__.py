"""What people ask of andon by commands and buttons, and who may ask it. Pure."""
