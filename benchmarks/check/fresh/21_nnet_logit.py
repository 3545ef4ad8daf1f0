# Single-hidden-layer network for a binary response, in the spirit of nnet():
# coefficients are estimated by minimising deviance/2 + decay * sum(coef^2).
# The intercepts are the first row of each coefficient matrix.
import numpy as np
import pandas as pd


def model_matrix(x):
    return np.column_stack([np.ones(len(x)), x])


def plogis(eta):
    return 0.5 * (1 + np.tanh(eta / 2))


def log1pexp(eta):
    return np.logaddexp(0, eta)


def nnet_linpred(fit, x):
    hidden = plogis(model_matrix(x) @ fit["coef_hidden"])
    eta = model_matrix(hidden) @ fit["coef_output"]
    return hidden, eta


def neg_log_lik(y, eta):
    # y in {0, 1}; equals -sum(dbinom(y, 1, plogis(eta), log=TRUE))
    return np.sum(log1pexp(eta) - y * eta)


def penalised_criterion(fit, x, y, decay):
    _, eta = nnet_linpred(fit, x)
    penalty = np.sum(fit["coef_hidden"] ** 2) + np.sum(fit["coef_output"] ** 2)
    return neg_log_lik(y, eta) + decay * penalty


def score(fit, x, y, decay):
    """Gradient of the penalised criterion, same layout as the coefficients."""
    hidden, eta = nnet_linpred(fit, x)
    resid = plogis(eta) - y
    d_output = model_matrix(hidden).T @ resid + 2 * decay * fit["coef_output"]
    d_eta_hidden = np.outer(resid, fit["coef_output"][1:]) * hidden * (1 - hidden)
    d_hidden = model_matrix(x).T @ d_eta_hidden + 2 * decay * fit["coef_hidden"]
    return {"coef_hidden": d_hidden, "coef_output": d_output}


def nnet_fit(x, y, size=5, decay=0.01, maxit=2000, rang=0.5, abstol=1e-6, seed=None):
    rng = np.random.default_rng(seed)
    fit = {
        "coef_hidden": rng.uniform(-rang, rang, (x.shape[1] + 1, size)),
        "coef_output": rng.uniform(-rang, rang, size + 1),
    }
    value = penalised_criterion(fit, x, y, decay)
    step_len = 0.01
    trace = [value]
    for iteration in range(maxit):
        grad = score(fit, x, y, decay)
        sq_norm = sum(np.sum(g ** 2) for g in grad.values())
        # backtracking line search (sufficient decrease)
        while step_len > 1e-12:
            trial = {k: fit[k] - step_len * grad[k] for k in fit}
            trial_value = penalised_criterion(trial, x, y, decay)
            if trial_value <= value - 0.5 * step_len * sq_norm:
                break
            step_len *= 0.5
        else:
            break
        converged = value - trial_value < abstol
        fit, value = trial, trial_value
        trace.append(value)
        step_len *= 1.5
        if converged:
            break
    return {**fit, "value": value, "iterations": len(trace) - 1, "trace": trace}


def nnet_predict(fit, newdata, type="response"):
    _, eta = nnet_linpred(fit, newdata)
    if type == "link":
        return eta
    if type == "class":
        return (eta > 0).astype(int)
    return plogis(eta)


def summary_nnet(fit, x, y):
    null_p = y.mean()
    null_dev = -2 * np.sum(y * np.log(null_p) + (1 - y) * np.log(1 - null_p))
    resid_dev = 2 * neg_log_lik(y, nnet_linpred(fit, x)[1])
    print(f"# weights:  {fit['coef_hidden'].size + fit['coef_output'].size}")
    print(f"iterations: {fit['iterations']},  criterion: {fit['value']:.3f}")
    print(f"    Null deviance: {null_dev:.2f}  on {len(y) - 1} degrees of freedom")
    print(f"Residual deviance: {resid_dev:.2f}")


if __name__ == "__main__":
    pima = pd.read_csv("pima.csv")  # last column: outcome, 0/1
    pima = pima.sample(frac=1, random_state=10)
    n_train = int(0.7 * len(pima))
    train, test = pima.iloc[:n_train], pima.iloc[n_train:]

    centre, scale = train.iloc[:, :-1].mean(), train.iloc[:, :-1].std(ddof=1)
    x_train = ((train.iloc[:, :-1] - centre) / scale).to_numpy()
    x_test = ((test.iloc[:, :-1] - centre) / scale).to_numpy()
    y_train = train.iloc[:, -1].to_numpy(dtype=float)
    y_test = test.iloc[:, -1].to_numpy(dtype=int)

    fit = nnet_fit(x_train, y_train, size=4, decay=0.1, seed=10)
    summary_nnet(fit, x_train, y_train)

    predicted = nnet_predict(fit, x_test, type="class")
    print(pd.crosstab(y_test, predicted, rownames=["observed"], colnames=["predicted"]))
    print("misclassification rate:", round(float(np.mean(predicted != y_test)), 4))
