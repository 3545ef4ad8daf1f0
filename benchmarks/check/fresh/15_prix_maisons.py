# Régression : prix des maisons, perceptron à deux couches cachées
# perte : pseudo-L1 lisse (quadratique près de zéro, linéaire au loin)
#   L(r) = d² (sqrt(1 + (r/d)²) - 1),   L'(r) = r / sqrt(1 + (r/d)²)
import os
import numpy as np

D = 1.5          # seuil de la perte
LAMBDA = 1e-3    # pénalité L2


def creer(n_entree, n1, n2, graine=0):
    g = np.random.RandomState(graine)
    return [
        g.randn(n_entree, n1) * (2.0 / n_entree) ** 0.5, g.randn(n1) * 0.01,
        g.randn(n1, n2) * (2.0 / n1) ** 0.5, g.randn(n2) * 0.01,
        g.randn(n2, 1) * (1.0 / n2) ** 0.5, np.zeros(1),
    ]


def avant(reseau, X):
    V, v, W, w, u, c = reseau
    h = np.maximum(0.1 * (X @ V + v), X @ V + v)      # relu avec fuite 0.1
    k = np.tanh(h @ W + w)
    return h, k, (k @ u + c)[:, 0]


def perte(reseau, X, y):
    r = avant(reseau, X)[2] - y
    donnees = np.mean(D ** 2 * (np.sqrt(1 + (r / D) ** 2) - 1))
    return donnees + LAMBDA * sum(np.sum(p ** 2) for p in reseau[::2])


def arriere(reseau, X, y):
    V, v, W, w, u, c = reseau
    h, k, sortie = avant(reseau, X)
    r = sortie - y
    dr = (r / np.sqrt(1 + (r / D) ** 2) / len(y))[:, None]
    du, dc = k.T @ dr, dr.sum(0)
    dk = (dr @ u.T) * (1 - k * k)
    dW, dw = h.T @ dk, dk.sum(0)
    dh = dk @ W.T
    dh = np.where(h > 0, dh, 0.1 * dh)
    dV, dv = X.T @ dh, dh.sum(0)
    return [dV + 2 * LAMBDA * V, dv, dW + 2 * LAMBDA * W, dw, du + 2 * LAMBDA * u, dc]


def rmsprop(reseau, gradients, memoire, pas, rho=0.9):
    for p, g, s in zip(reseau, gradients, memoire):
        s *= rho
        s += (1 - rho) * g ** 2
        p -= pas * g / (np.sqrt(s) + 1e-6)


def entrainer(reseau, X, y, epoques=150, lot=32, pas=2e-3):
    memoire = [np.zeros_like(p) for p in reseau]
    for e in range(epoques):
        ordre = np.random.permutation(len(y))
        for d in range(0, len(y), lot):
            i = ordre[d:d + lot]
            rmsprop(reseau, arriere(reseau, X[i], y[i]), memoire, pas)
        if e % 25 == 0:
            print("époque", e, "perte", round(perte(reseau, X, y), 5))
    return reseau


fichier = "maisons.csv"
if os.path.exists(fichier):
    import pandas as pd

    table = pd.read_csv(fichier)
    table = table.drop(columns=["id"], errors="ignore").dropna(subset=["prix"])
    prix = table.pop("prix").to_numpy(float)
    X = pd.get_dummies(table, dtype=float)
    X = X.fillna(X.median()).to_numpy()

    np.random.seed(12)
    ordre = np.random.permutation(len(prix))
    n_test = len(prix) // 5
    test, appr = ordre[:n_test], ordre[n_test:]

    # centrer-réduire avec les statistiques de l'apprentissage seulement
    mX, sX = X[appr].mean(0), X[appr].std(0) + 1e-9
    X = (X - mX) / sX
    log_prix = np.log1p(prix)
    my, sy = log_prix[appr].mean(), log_prix[appr].std()
    y = (log_prix - my) / sy

    reseau = entrainer(creer(X.shape[1], 32, 16), X[appr], y[appr])

    estime = np.expm1(avant(reseau, X[test])[2] * sy + my)
    rmse = np.sqrt(np.mean((estime - prix[test]) ** 2))
    r2 = 1 - np.sum((estime - prix[test]) ** 2) / np.sum((prix[test] - prix[test].mean()) ** 2)
    print(f"RMSE test : {rmse:,.0f} euros   R2 : {r2:.3f}")
    print(f"erreur relative médiane : {np.median(np.abs(estime / prix[test] - 1)):.1%}")
else:
    print("pas de", fichier)
