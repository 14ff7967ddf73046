// The first real file of this room replaces this one.
