from project.names import NAMES
