"""What the loading of files and their exchange start from, for those who may."""
