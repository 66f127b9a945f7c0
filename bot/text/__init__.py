"""Makes text fit to be read: untrusted words without harm or secrets, moments, and ids of commits."""
