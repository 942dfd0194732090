"""The net under a refactoring: everything the product shows and writes, put into a folder that ``diff -r`` compares."""
