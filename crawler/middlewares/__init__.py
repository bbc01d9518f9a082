"""What every request passes on its way to the network: addresses, robots.txt, politeness."""
