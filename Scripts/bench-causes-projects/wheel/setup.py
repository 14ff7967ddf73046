import os

from setuptools import setup

setup(
    name="project",
    version="1.0",
    description="a small project",
    packages=["project"],
    package_data={"project": ["*.txt"]},
)
