/* SPDX-License-Identifier: MIT */
/* colour.h: the colours of series and of heights. */
#ifndef MGRAD_PLOT_COLOUR_H
#define MGRAD_PLOT_COLOUR_H

enum { COLOUR_PALETTE = 6, COLOUR_PATTERNS = 4 /* tell series apart where there are no colours */ };
const char *colour_web(int series); /* "#0072b2" */
int colour_bright(int series);      /* one of the 256 colours of a terminal, a bright one */
const char *colour_dash(int series); /* of its lines in a picture, once all colours are used; NULL: unbroken */
/* What lies over the data: red in a picture, white on a terminal. */
#define COLOUR_OVERLAY_WEB "#c8102e"
enum { COLOUR_OVERLAY_BRIGHT = 15 };

/* From dark blue over green to pale yellow as `level` goes from 0 to 1: also told apart in grey. */
typedef struct Colour {
  int red, green, blue;
} Colour;
Colour colour_ramp(double level);
int colour_nearest(Colour colour); /* among the 256 colours of a terminal */

#endif
