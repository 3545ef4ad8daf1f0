# Rede neural com uma camada escondida (traduzido do meu script antigo .m)
# Colunas de uns para o bias, Theta1 e Theta2 "desenrolados" num vetor so.
from numpy import *
import os


def sigmoid(z):
    return 1.0 / (1.0 + exp(-z))


def sigmoidGradient(z):
    g = sigmoid(z)
    return g * (1 - g)


def randInitializeWeights(L_in, L_out):
    epsilon_init = sqrt(6) / sqrt(L_in + L_out)
    return random.rand(L_out, 1 + L_in) * 2 * epsilon_init - epsilon_init


def desenrola(Theta1, Theta2):
    return concatenate((Theta1.ravel(order='F'), Theta2.ravel(order='F')))


def enrola(nn_params, input_size, hidden_size, num_labels):
    n1 = hidden_size * (input_size + 1)
    Theta1 = reshape(nn_params[:n1], (hidden_size, input_size + 1), order='F')
    Theta2 = reshape(nn_params[n1:], (num_labels, hidden_size + 1), order='F')
    return Theta1, Theta2


def nnCostFunction(nn_params, input_size, hidden_size, num_labels, X, y, lam):
    # y vai de 1 ate num_labels, como no octave
    Theta1, Theta2 = enrola(nn_params, input_size, hidden_size, num_labels)
    m = size(X, 0)
    J = 0
    Theta1_grad = zeros(shape(Theta1))
    Theta2_grad = zeros(shape(Theta2))

    for t in range(m):
        # propagacao
        a1 = concatenate(([1], X[t, :]))
        z2 = dot(Theta1, a1)
        a2 = concatenate(([1], sigmoid(z2)))
        z3 = dot(Theta2, a2)
        h = sigmoid(z3)

        yt = (arange(1, num_labels + 1) == y[t]) * 1.0
        J = J - sum(yt * log(h) + (1 - yt) * log(1 - h))

        # retropropagacao
        d3 = h - yt
        d2 = dot(Theta2[:, 1:].T, d3) * sigmoidGradient(z2)
        Theta2_grad = Theta2_grad + outer(d3, a2)
        Theta1_grad = Theta1_grad + outer(d2, a1)

    # regularizacao (sem a coluna do bias)
    J = J / m + lam / (2 * m) * (sum(Theta1[:, 1:] ** 2) + sum(Theta2[:, 1:] ** 2))
    Theta1_grad = Theta1_grad / m
    Theta2_grad = Theta2_grad / m
    Theta1_grad[:, 1:] = Theta1_grad[:, 1:] + lam / m * Theta1[:, 1:]
    Theta2_grad[:, 1:] = Theta2_grad[:, 1:] + lam / m * Theta2[:, 1:]

    return J, desenrola(Theta1_grad, Theta2_grad)


def descida(costFunc, p, alpha, maxIter):
    # passo adaptativo: se o custo caiu, acelera; se subiu, volta e freia
    J, grad = costFunc(p)
    J_history = [J]
    for it in range(maxIter):
        p_novo = p - alpha * grad
        J_novo, grad_novo = costFunc(p_novo)
        if J_novo < J:
            p, J, grad = p_novo, J_novo, grad_novo
            alpha = alpha * 1.05
        else:
            alpha = alpha * 0.5
        J_history.append(J)
        if mod(it + 1, 50) == 0:
            print('Iteracao %4d | Custo: %4.6e' % (it + 1, J))
    return p, J_history


def predict(Theta1, Theta2, X):
    m = size(X, 0)
    h1 = sigmoid(dot(column_stack((ones(m), X)), Theta1.T))
    h2 = sigmoid(dot(column_stack((ones(m), h1)), Theta2.T))
    return argmax(h2, axis=1) + 1


# ============ Parte 1: dados ============
# ultima coluna = classe (1, 2, 3, ...)
arquivo = 'sementes.csv'
if os.path.isfile(arquivo):
    data = loadtxt(arquivo, delimiter=',')
    random.seed(1)
    data = data[random.permutation(size(data, 0)), :]
    X = data[:, :-1]
    y = data[:, -1].astype(int)
    X = (X - mean(X, 0)) / std(X, 0, ddof=1)
    corte = int(0.7 * size(X, 0))

    # ============ Parte 2: treino ============
    n, hid, K, lam = size(X, 1), 10, int(amax(y)), 0.3
    p0 = desenrola(randInitializeWeights(n, hid), randInitializeWeights(hid, K))
    f = lambda p: nnCostFunction(p, n, hid, K, X[:corte, :], y[:corte], lam)
    p, J_history = descida(f, p0, 1.0, 300)

    # ============ Parte 3: acerto ============
    Theta1, Theta2 = enrola(p, n, hid, K)
    print('Acerto treino: %.2f %%' % (mean(predict(Theta1, Theta2, X[:corte, :]) == y[:corte]) * 100))
    print('Acerto teste : %.2f %%' % (mean(predict(Theta1, Theta2, X[corte:, :]) == y[corte:]) * 100))
