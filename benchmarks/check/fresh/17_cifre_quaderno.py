# %% [markdown]
# ## Cifre 8x8 con un percettrone multistrato
# Il bias sta dentro la matrice dei pesi (ultima riga), i prodotti sono tutti einsum
# perché così vedo gli indici: n = esempio, i = ingresso, j = nascosto, k = classe

# %%
import numpy as np

rng = np.random.default_rng(99)


def con_uno(M):
    return np.hstack([M, np.ones((M.shape[0], 1))])


def softsign(z):
    return z / (1 + np.abs(z))


def softsign_der(z):
    return (1 + np.abs(z)) ** -2.0


# %% pesi
def nuovi_pesi(n_in, n_nasc, n_out):
    A = rng.normal(0, 1 / np.sqrt(n_in), (n_in + 1, n_nasc))
    B = rng.normal(0, 1 / np.sqrt(n_nasc), (n_nasc + 1, n_out))
    return A, B


# %% etichette ammorbidite: 1-eps sulla classe giusta, il resto diviso fra tutte
def ammorbidisci(etichette, n_classi, eps=0.05):
    T = np.full((len(etichette), n_classi), eps / n_classi)
    T[np.arange(len(etichette)), etichette] += 1 - eps
    return T


# %% una passata sola: costo e derivate insieme
def costo_e_derivate(A, B, X, T):
    x = con_uno(X)
    z = np.einsum('ni,ij->nj', x, A)
    h = con_uno(softsign(z))
    u = np.einsum('nj,jk->nk', h, B)
    u = u - u.max(axis=1, keepdims=True)
    q = np.exp(u)
    q /= q.sum(axis=1, keepdims=True)
    costo = -np.einsum('nk,nk->', T, np.log(q))          # somma, non media

    d = q - T                                            # vale perché ogni riga di T somma a 1
    dB = np.einsum('nj,nk->jk', h, d)
    dh = np.einsum('nk,jk->nj', d, B[:-1])               # l'uno aggiunto non ha derivata
    dA = np.einsum('ni,nj->ij', x, dh * softsign_der(z))
    return costo, dA, dB


def prevedi(A, B, X):
    return (con_uno(softsign(con_uno(X) @ A)) @ B).argmax(axis=1)


# %% dati
try:
    from sklearn.datasets import load_digits
    cifre = load_digits()
except ImportError:
    cifre = None

# %% addestramento
if cifre is not None:
    X, e = cifre.data / 16.0, cifre.target
    ordine = rng.permutation(len(e))
    prova, studio = ordine[:400], ordine[400:]
    A, B = nuovi_pesi(64, 40, 10)
    T = ammorbidisci(e, 10)
    passo, storia = 0.004, []
    for epoca in range(30):
        totale = 0.0
        for gruppo in np.array_split(rng.permutation(studio), 40):
            c, dA, dB = costo_e_derivate(A, B, X[gruppo], T[gruppo])
            A = A - passo * dA
            B = B - passo * dB
            totale += c
        storia.append(totale / len(studio))
        if epoca % 5 == 0:
            giuste = np.mean(prevedi(A, B, X[prova]) == e[prova])
            print(f'epoca {epoca:2d}: costo medio {storia[-1]:.4f}, giuste in prova {giuste:.3f}')

# %% matrice di confusione
if cifre is not None:
    M = np.zeros((10, 10), dtype=int)
    np.add.at(M, (e[prova], prevedi(A, B, X[prova])), 1)
    print(M)
    print('esattezza finale', np.trace(M) / M.sum())
