#!/bin/bash
# Segments a list of clips as a Slurm job array, one part of the list a task:
#
#   sbatch --array=0-15 --export=ALL,PARTS=16,LIST=clips.txt,OUT=masks deploy/slurm-array.sh
#
# Any more options of `unprompted segment` go behind the script's name. What was killed or failed is submitted again in the
# same way, whole or only those tasks (--array=3,7): what is done stays, and PARTS says how many parts there are.
# Afterwards: unprompted merge masks
#
#SBATCH --job-name=unprompted
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --output=unprompted-%A-%a.log
# A task that is preempted, or whose node fails, begins again and goes on with what is missing.
#SBATCH --requeue
# With GPUs whose driver offers Vulkan: #SBATCH --gpus-per-task=1
set -euo pipefail

# The folder of this program; a copy of the script runs, so it cannot tell where it came from.
UNPROMPTED=${UNPROMPTED:-$SLURM_SUBMIT_DIR}

exec node "$UNPROMPTED/cli/unprompted.js" segment \
  --list "${LIST:?the list of clips}" \
  --out "${OUT:?the folder for the masks}" \
  --shard "auto/${PARTS:?how many parts there are}" \
  --yes "$@"
