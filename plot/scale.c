/* SPDX-License-Identifier: MIT */
/* scale.c: places on axes and the round numbers beside them. */
#include "plot/scale.h"
#include <math.h>
#include <string.h>
#include "runtime/format/number.h"

double scale_place(const Scale *scale, double number) {
  if (scale->logarithmic) {
    if (!(number > 0) || isinf(number)) return NAN;
    double low = log10(scale->low), high = log10(scale->high);
    return (log10(number) - low) / (high - low);
  }
  if (!isfinite(number)) return NAN;
  return (number - scale->low) / (scale->high - scale->low);
}

static double clamp(double number) { return fmin(fmax(number, -SCALE_FARTHEST), SCALE_FARTHEST); }

static Scale fit_logarithmic(Extent extent, double margin) {
  if (extent_is_empty(&extent)) return (Scale){0.1, 10, true, false};
  double low = log10(extent.low), high = log10(extent.high);
  double more = high - low > 1e-9 ? (high - low) * margin : 0.5;
  low -= more;
  high += more;
  double most = log10(SCALE_FARTHEST);
  return (Scale){pow(10, low > -307 ? low : -307), pow(10, high < most ? high : most), true, false};
}

Scale scale_fit(Extent extent, bool logarithmic, double margin) {
  if (logarithmic) return fit_logarithmic(extent, margin);
  if (extent_is_empty(&extent)) return (Scale){0, 1, false, false};
  double low = clamp(extent.low), high = clamp(extent.high), largest = fmax(fabs(low), fabs(high));
  double more = (high - low) * margin;
  if (high - low <= largest * 1e-12) more = largest > 0 ? largest / 2 : 1;
  return (Scale){clamp(low - more), clamp(high + more), false, false};
}

/* ---- texts */

static void take_text(char *text, size_t size, Buffer *buffer) {
  const char *start = buffer_text(buffer);
  size_t length = strlen(start) < size ? strlen(start) : size - 1;
  memcpy(text, start, length);
  text[length] = '\0';
  buffer_free(buffer);
}

void tick_number(char *text, size_t size, double number, int digits) {
  Buffer buffer = {0};
  Decimal decimal = decimal_from_number(number == 0 ? 0 : number, false, digits);
  bool long_one = decimal.kind == DECIMAL_FINITE && decimal.count && (decimal.point > 6 || decimal.point < -3);
  if (long_one)
    decimal_write_scientific(&buffer, &decimal, 0, true);
  else
    decimal_write(&buffer, &decimal);
  take_text(text, size, &buffer);
}

static int magnitude(double number) { return number == 0 ? 0 : (int)floor(log10(fabs(number)) + 1e-9); }

/* Multiples of `step` up to `largest` in size: all positional with the same decimals, or all with an exponent. */
static void write_multiple(char *text, size_t size, double number, double step, double largest) {
  int places = -magnitude(step), digits = magnitude(largest) - magnitude(step) + 1;
  if (fabs(number) < step / 2) number = 0;
  if (magnitude(largest) >= 6 || places > 5) {
    tick_number(text, size, number, digits < 1 ? 1 : digits > 15 ? 15 : digits);
    return;
  }
  if (places < 0) places = 0;
  Buffer buffer = {0};
  Decimal decimal = decimal_from_places(number, false, places);
  decimal_write_positional(&buffer, &decimal, places);
  take_text(text, size, &buffer);
}

static void add_tick(Ticks *ticks, const Scale *scale, double number) {
  if (ticks->count == TICKS_MOST) return;
  ticks->items[ticks->count].value = number;
  ticks->items[ticks->count++].place = scale_place(scale, number);
}

/* ---- round numbers */

static double round_step(double least) {
  double power = pow(10, floor(log10(least))), part = least / power;
  double factor = part <= 1 + 1e-9 ? 1 : part <= 2 + 1e-9 ? 2 : part <= 5 + 1e-9 ? 5 : 10;
  return factor * power;
}

static void choose_linear(Ticks *ticks, const Scale *scale, int most) {
  double low = fmin(scale->low, scale->high), high = fmax(scale->low, scale->high);
  double step = round_step((high - low) / most), largest = fmax(fabs(low), fabs(high));
  if (scale->whole && step < 1) step = 1;
  double first = ceil(low / step - 1e-9), last = floor(high / step + 1e-9);
  if (last - first + 1 > most) {
    step = round_step(step * 1.5);
    first = ceil(low / step - 1e-9);
    last = floor(high / step + 1e-9);
  }
  for (double k = first; k <= last && ticks->count < most; k++) {
    char *text = ticks->items[ticks->count].text;
    double number = k == 0 ? 0 : k * step;
    write_multiple(text, sizeof ticks->items->text, number, step, largest);
    add_tick(ticks, scale, number);
  }
}

static void write_power(char *text, size_t size, double number, bool exponents) {
  Buffer buffer = {0};
  Decimal decimal = decimal_from_number(number, false, 1);
  if (exponents)
    decimal_write_scientific(&buffer, &decimal, 0, true);
  else
    decimal_write_positional(&buffer, &decimal, 0);
  take_text(text, size, &buffer);
}

static void choose_logarithmic(Ticks *ticks, const Scale *scale, int most) {
  static const double factors[] = {1, 2, 5};
  double low = fmin(scale->low, scale->high), high = fmax(scale->low, scale->high);
  int first = (int)ceil(log10(low) - 1e-9), last = (int)floor(log10(high) + 1e-9);
  int decades = last - first + 1, stride = (decades + most - 1) / most;
  bool finer = decades > 0 && decades * 3 <= most && decades < 3;
  if (decades < 1 || (decades < 2 && !finer)) {
    choose_linear(ticks, scale, most);
    return;
  }
  bool exponents = first < -3 || last > 5;
  for (int decade = first - (finer ? 1 : 0); decade <= last; decade += finer ? 1 : stride)
    for (int k = 0; k < (finer ? 3 : 1); k++) {
      double number = factors[k] * pow(10, decade);
      if (number < low * (1 - 1e-9) || number > high * (1 + 1e-9) || ticks->count == TICKS_MOST) continue;
      write_power(ticks->items[ticks->count].text, sizeof ticks->items->text, number, exponents);
      add_tick(ticks, scale, number);
    }
}

void ticks_choose(Ticks *ticks, const Scale *scale, int most) {
  ticks->count = 0;
  if (most < 1) return;
  if (most > TICKS_MOST) most = TICKS_MOST;
  if (scale->logarithmic)
    choose_logarithmic(ticks, scale, most);
  else
    choose_linear(ticks, scale, most);
}

/* The middle of a label, which is moved inwards where it would reach far over an end; the left one has more room. */
static double middle_of(const Tick *tick, double length, double letter) {
  double half = (double)strlen(tick->text) / 2, left = fmax(half - 3, 0), right = fmax(half - 1, 0);
  return fmax(fmin(tick->place * length, length - right * letter), left * letter);
}

static bool stay_apart(const Ticks *ticks, double length, double letter) {
  for (int k = 1; k < ticks->count; k++) {
    const Tick *one = &ticks->items[k - 1], *other = &ticks->items[k];
    double distance = fabs(middle_of(other, length, letter) - middle_of(one, length, letter));
    double needed = (double)(strlen(one->text) + strlen(other->text)) / 2 + 2;
    if (distance < needed * letter) return false;
  }
  return true;
}

void ticks_fit(Ticks *ticks, const Scale *scale, double length, double letter) {
  int most = (int)(length / letter / 5);
  if (most > 12) most = 12;
  for (; most > 0; most--) {
    ticks_choose(ticks, scale, most);
    if (stay_apart(ticks, length, letter)) return;
  }
  ticks->count = 0;
}
