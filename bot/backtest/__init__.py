"""What a policy would have said of each change that landed, and the limits that this history proposes."""
