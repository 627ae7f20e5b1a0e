# Figures of fixest on a panel that is a formula, for tests/gravity/test_oracle_fixest.py; needs R with fixest and jsonlite:
#   Rscript scripts/build_fixest_figures.R tests/fixtures/fixest_figures.json
suppressMessages({library(fixest); library(jsonlite)})
setFixest_nthreads(1); setFixest_notes(FALSE)
d <- expand.grid(t = 0:5, d = 0:8, o = 0:8)
d <- d[d$o != d$d, ]
d$x <- sin(1 + 3 * d$o + 5 * d$d + 7 * d$t)
d$v <- cos(2 * d$o * d$d + d$t^2)
d$g <- (d$o + 2 * d$d + d$t) %% 4
d$w <- 1.5 + sin(d$o + d$d * d$t)
d$lp <- cos(d$o * d$t + d$d)
d$lat <- 60 * sin(d$o); d$lon <- 170 * cos(3 * d$o)
d$s <- (5 * d$o + 3 * d$d + 2 * d$t) %% 40
d$n <- exp(0.4 * d$x - 0.3 * d$v + sin(d$o) + cos(d$d) + 0.2 * sin(d$t + d$o)) * (1.2 + sin(17 * d$o + 31 * d$d + 13 * d$t))
d$y <- ifelse((d$o * 7 + d$d * 3 + d$t * 5) %% 11 == 0, 0, d$n)
d$count <- round(3 * d$y)
d$any <- as.numeric(sin(d$o + 2 * d$d + 3 * d$t) + 0.5 * d$x > 0)
three <- "o^t + d^t + o^d"
out <- list()
keep <- function(name, fit, ...) {
  s <- summary(fit, ...)
  out[[name]] <<- list(coef = as.list(coef(fit)), se = as.list(se(s)), n = nobs(fit))
}
f <- function(text) as.formula(text)
tight <- list(fixef.tol = 1e-11, glm.tol = 1e-12)
pois <- function(text, data = d, ...) do.call(fepois, c(list(f(text), data = data, fixef.rm = "none", ...), tight))
ols <- function(text, data = d[d$y > 0, ], ...) feols(f(text), data = data, fixef.tol = 1e-11, ...)
vcovs <- list(
  hetero = "hetero", one = ~o^d, two = ~o + d, three = ~o + d + t,
  "driscoll-kraay" = DK(2) ~ t, conley = conley(5000, distance = "spherical") ~ lat + lon)
for (name in names(vcovs)) {
  keep(paste("ppml", name), pois(paste("y ~ x + v |", three)), vcov = vcovs[[name]])
  keep(paste("ols", name), ols(paste("log(y) ~ x + v |", three)), vcov = vcovs[[name]])
}
keep("two-way effects", pois("y ~ x + v | o^t + d^t"), vcov = ~o^d)
keep("weights", pois(paste("y ~ x + v |", three), weights = ~w), vcov = ~o^d)
keep("offset", pois(paste("y ~ x + v |", three), offset = ~lp), vcov = ~o^d)
keep("dummies", pois("y ~ i(g) + i(t, x, ref = 2) | o + d"), vcov = "hetero")
keep("slopes", pois("y ~ x + v | o[t] + d"), vcov = "hetero")
keep("lags", pois("y ~ x + l(x, 1:2) + f(v) + d(v) | o^t + d^t", panel.id = ~o^d + t), vcov = ~o^d)
keep("gamma", feglm(n ~ x + v | o + d, d, family = Gamma("log"), glm.tol = 1e-12, fixef.tol = 1e-11), vcov = "hetero")
keep("logit", feglm(any ~ x + v | o + d, d, family = "logit", glm.tol = 1e-12, fixef.tol = 1e-11), vcov = "hetero")
negbin <- fenegbin(count ~ x + v | o + d, d)
out$negbin <- list(coef = as.list(coef(negbin)[1:2]), theta = unname(negbin$theta), n = nobs(negbin))
out$version <- as.character(packageVersion("fixest"))
write(toJSON(out, auto_unbox = TRUE, digits = 10, pretty = TRUE), commandArgs(TRUE)[1])
