"""An HTML page by its elements: what is visible, what is furniture, which one is the policy."""
