"""What one file names: what it defines, binds and imports, and to which function a name belongs."""
