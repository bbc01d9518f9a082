"""Whether a text is the policy, whether it is news, and who wants to hear about it."""
