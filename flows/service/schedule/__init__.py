"""What keeps the schedule going: closing lost runs, later tries, and notices of runs that did not happen."""
