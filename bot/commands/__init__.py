"""The subcommands of andon, one small module each."""
