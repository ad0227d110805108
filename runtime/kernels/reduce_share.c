/* SPDX-License-Identifier: MIT */
/* reduce_share.c: the work of a reduction cut into shares of some thousand elements, for threads. */
#include "base/number.h"
#include "base/threads.h"
#include "runtime/kernels/reduce.h"

enum { SHARE_ELEMENTS = FOLD_SHORT };

static int64_t rounded_up(int64_t number, int64_t divisor) {
  return number / divisor + (number % divisor != 0);
}

/* Rows that are all the same row are folded once, so nothing is gained by sharing them. */
static bool repeats_one_row(const ReducePlan *plan) {
  return plan->reduced == 1 && plan->reduced_stride[0] == 0;
}

void reduce_shares_plan(ReduceShares *shares, const ReducePlan *plan, int64_t most) {
  int64_t inner = plan->kept_size[plan->kept - 1], width = smaller_of(most, inner), rows = FOLD_CHUNK;
  while (rows * width < SHARE_ELEMENTS) rows *= 2;
  if (repeats_one_row(plan)) rows = plan->rows;
  shares->plan = plan;
  shares->most = most;
  shares->tiles = plan->results / inner * rounded_up(inner, most);
  shares->segment_rows = rows;
  shares->segments = rounded_up(plan->rows, rows);
  shares->group = shares->segments > 1 ? 1 : SHARE_ELEMENTS / (plan->rows * width) + 1;
}

/* Tiles are numbered line by line of the innermost kept axis.  Returns the columns from this tile on in its line. */
static int64_t locate_tile(const ReduceShares *shares, int64_t tile, ReduceShare *share) {
  const ReducePlan *plan = shares->plan;
  int inner = plan->kept - 1;
  int64_t size = plan->kept_size[inner], per_line = rounded_up(size, shares->most);
  int64_t line = tile / per_line, start = tile % per_line * shares->most, rest = line;
  share->result = line * size + start;
  share->width = smaller_of(shares->most, size - start);
  share->data = plan->data + start * plan->kept_stride[inner];
  for (int axis = inner - 1; axis >= 0; axis--) {
    share->data += rest % plan->kept_size[axis] * plan->kept_stride[axis];
    rest /= plan->kept_size[axis];
  }
  return size - start;
}

static void next_in_line(const ReduceShares *shares, ReduceShare *share, int64_t columns_left) {
  share->result += shares->most;
  share->data += shares->most * shares->plan->kept_stride[shares->plan->kept - 1];
  share->width = smaller_of(shares->most, columns_left);
}

typedef struct Running { const ReduceShares *shares; ReduceWork work; void *context; } Running;

/* All tiles of one segment come before the next segment: their rows lie side by side. */
static void run_share(void *context, int64_t index) {
  const Running *running = context;
  const ReduceShares *shares = running->shares;
  int64_t groups = rounded_up(shares->tiles, shares->group), first_tile = index % groups * shares->group;
  ReduceShare share = {.segment = index / groups};
  share.first = share.segment * shares->segment_rows;
  share.rows = smaller_of(shares->segment_rows, shares->plan->rows - share.first);
  int64_t end = smaller_of(first_tile + shares->group, shares->tiles), columns_left = 0;
  for (int64_t tile = first_tile; tile < end; tile++, columns_left -= shares->most) {
    if (columns_left > 0) next_in_line(shares, &share, columns_left);
    else columns_left = locate_tile(shares, tile, &share);
    running->work(running->context, &share);
  }
}

bool reduce_shares_run(Runtime *runtime, const ReduceShares *shares, double nanoseconds, ReduceWork work,
                       void *context) {
  int64_t count = rounded_up(shares->tiles, shares->group) * shares->segments;
  double elements = (double)shares->plan->rows * (double)shares->plan->results;
  Running running = {shares, work, context};
  if (threads_run(count, nanoseconds * elements / (double)(count ? count : 1), run_share, &running)) return true;
  return !runtime_interrupted(runtime);
}
