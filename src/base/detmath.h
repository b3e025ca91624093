// Elementary functions that give the same bits on every machine: glibc picks variants by CPU. Only + - * / on
// doubles and bit operations, with -ffp-contract=off. Series are plain Taylor and artanh expansions after the
// usual range reductions (W. J. Cody, W. Waite, "Software Manual for the Elementary Functions", 1980).
// Largest errors found against glibc's long double over the tests' grids: sin, cos, exp, log 1.1 ulp, pow 1.3
// ulp (about 3e-16 of the value). All functions are pure; NaN in gives NaN out.
#pragma once

namespace racesim::detmath {

/// `radians` within ±1,000,000, else NaN.
double sin(double radians);
double cos(double radians);

/// e to the x. Above 709.78 infinity; below −745.13 zero.
double exp(double x);

/// Natural logarithm. 0 gives −infinity, a negative x NaN.
double log(double x);

/// base to the power for base ≥ 0; a negative base gives NaN. pow(x, 0) is 1, pow(0, negative) infinity.
double pow(double base, double exponent);

}  // namespace racesim::detmath
