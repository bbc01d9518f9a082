"""What every request passes through on its way to the network: addresses, robots.txt, politeness."""
