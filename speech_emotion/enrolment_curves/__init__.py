"""How much a voice gains with every labelled clip, measured on people whom the network has never heard."""
