"""Files that people bring and take: tables read, columns mapped, changes previewed, workbooks written, files kept."""
