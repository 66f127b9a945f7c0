"""The machinery under the rules: what a pull request is, how a policy is read, how a verdict comes about."""
