"""The package of a school year: a BagIt bag with everything by which the year is read, or loaded again, without this program."""
