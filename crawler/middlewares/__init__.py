"""What stands between every request and the network: addresses, robots.txt, politeness."""
