"""What no kill, full disk, second command or strange file may break; run by `make drill`."""
