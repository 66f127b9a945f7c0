"""What the checks of one file guard: branches, what follows an exit, elements, arms of switches."""
